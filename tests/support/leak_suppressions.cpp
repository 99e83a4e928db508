// Leaks of libraries that the leak sanitizer is not to report. Part of every test program that is built with it.

extern "C" const char* __lsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  // libgit2 1.5 does not free the match data of a pattern that did not match (git_regexp_match), once per remote
  // opened; and, of a remote that is a path, the entry of a reference that another process moves while they are listed.
  // Its handles that mesh holds are freed by their types (git_handle.h).
  return "leak:libpcre2\nleak:libgit2";
}
