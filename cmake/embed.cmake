# Text files inside the program, so that it needs no files beside it.
#
#   mesh_embed_text(OUTPUT FILE HEADER INCLUDE FUNCTION NAME FILES file…)      HEADER declares mesh::EmbeddedText and NAME
#
# writes a .cpp at build time that defines `std::span<const mesh::EmbeddedText> mesh::NAME()`, one entry per file, named
# by the file without `.json`, sorted by name. Run as a script (cmake -P) it is the generator itself.
if(CMAKE_SCRIPT_MODE_FILE)
  # A raw string literal may not be longer than 64 KiB on every compiler; neighbours are joined.
  set(entries "")
  foreach(file IN LISTS FILES)
    get_filename_component(name "${file}" NAME)
    string(REGEX REPLACE "\\.json$" "" name "${name}")
    file(READ "${file}" text)
    string(LENGTH "${text}" length)
    set(at 0)
    set(literals "")
    while(at LESS length)
      string(SUBSTRING "${text}" ${at} 8000 piece)
      string(APPEND literals "\n     R\"mesh-text(${piece})mesh-text\"")
      math(EXPR at "${at} + 8000")
    endwhile()
    string(APPEND entries "    {\"${name}\",${literals}},\n")
  endforeach()
  file(WRITE "${OUTPUT}" "#include \"${HEADER}\"\n\nnamespace mesh {\nnamespace {\n\n"
    "constexpr EmbeddedText texts[] = {\n${entries}};\n\n}  // namespace\n\n"
    "std::span<const EmbeddedText> ${FUNCTION}() { return texts; }\n\n}  // namespace mesh\n")
  return()
endif()

function(mesh_embed_text)
  cmake_parse_arguments(E "" "OUTPUT;HEADER;FUNCTION" "FILES" ${ARGN})
  list(SORT E_FILES)
  add_custom_command(
    OUTPUT ${E_OUTPUT}
    COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${E_OUTPUT}" "-DHEADER=${E_HEADER}" "-DFUNCTION=${E_FUNCTION}"
            "-DFILES=${E_FILES}" -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    DEPENDS ${E_FILES} ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    COMMENT "Embedding texts for ${E_FUNCTION}"
    VERBATIM)
endfunction()
