// Leaks of libraries that the leak sanitizer is not to report. Part of every test program that is built with it.

extern "C" const char* __lsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  // libgit2 1.5 does not free the match data of a pattern that did not match (git_regexp_match), once per remote
  // opened.
  return "leak:libpcre2";
}
