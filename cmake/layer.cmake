# One interface target carries the flags of every layer.
add_library(mesh_flags INTERFACE)
target_compile_features(mesh_flags INTERFACE cxx_std_20)
target_compile_options(mesh_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                            -Wnon-virtual-dtor -Woverloaded-virtual)
# g++ 12 sees uninitialized members behind every std::optional, and writes out of bounds behind every std::string, that it
# inlines.
target_compile_options(mesh_flags INTERFACE
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-restrict>")
if(MESH_WERROR)
  target_compile_options(mesh_flags INTERFACE -Werror)
endif()
if(MESH_SANITIZE)
  target_compile_options(mesh_flags INTERFACE -fsanitize=${MESH_SANITIZE} -fno-omit-frame-pointer
                                              -fno-sanitize-recover=all)
  target_link_options(mesh_flags INTERFACE -fsanitize=${MESH_SANITIZE})
endif()

# Headers that most sources include are parsed once for all layers. Only headers of the system are listed: what CMake
# writes is then the same in every folder. Each source includes what it uses all the same: .ci/tidy.sh compiles without this.
option(MESH_PRECOMPILE "Parse common headers once" ON)
set(MESH_COMMON_HEADERS
  <algorithm> <array> <cctype> <cerrno> <charconv> <chrono> <compare> <cstddef> <cstdint> <filesystem> <functional>
  <iterator> <map> <memory> <mutex> <optional> <set> <span> <sstream> <stop_token> <string> <string_view> <thread> <tuple>
  <unordered_map> <utility> <variant> <vector> <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp> <tl/expected.hpp>)

# mesh_precompiled(TARGET HEADERS header… LINKS library…): what the sources of other targets may reuse.
function(mesh_precompiled target)
  cmake_parse_arguments(P "" "" "HEADERS;LINKS" ${ARGN})
  if(MESH_PRECOMPILE)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/${target}.cpp CONTENT "")
    add_library(${target} OBJECT ${CMAKE_BINARY_DIR}/precompiled/${target}.cpp)
    target_link_libraries(${target} PRIVATE mesh_flags ${P_LINKS})
    target_precompile_headers(${target} PRIVATE ${P_HEADERS})
  endif()
endfunction()

# Several sources are compiled as one: what they include and instantiate alike is compiled once. Sources of a target may
# therefore not define one name twice in unnamed namespaces. .ci/tidy.sh reads the sources one by one.
option(MESH_UNITY "Compile several sources of a target as one" ON)

# mesh_reuse(TARGET PRECOMPILED): how the sources of a target are compiled.
function(mesh_reuse target precompiled)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${MESH_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  # g++ takes the sources that it is given as one for headers, where a type of an unnamed namespace would be a mistake.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  if(MESH_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${precompiled})
    # For ccache, which hashes what the preprocessor writes.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endfunction()

# mesh_layer(NAME SOURCES … USES layer… [LINKS third-party…] [TESTS test-sources…])
#
# One static library per layer, `mesh::NAME`. A layer's target offers headers only through itself: it links what USES
# names and nothing else, so a call into a layer that it may not see does not link. tests/unit/include_rule_test.sh reads
# the #include lines as well. TESTS become one binary per layer, `NAME_tests`.
function(mesh_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;USES;LINKS;TESTS" ${ARGN})
  set(target mesh_${name})
  if(LAYER_SOURCES)
    add_library(${target} STATIC ${LAYER_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${LAYER_LINKS})
    mesh_reuse(${target} mesh_common_headers)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(mesh::${name} ALIAS ${target})
  target_include_directories(${target} ${scope} ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} ${scope} mesh_flags fmt::fmt nlohmann_json::nlohmann_json tl::expected)
  foreach(used IN LISTS LAYER_USES)
    target_link_libraries(${target} ${scope} mesh::${used})
  endforeach()
  if(MESH_TESTS AND LAYER_TESTS)
    mesh_tests(${name}_tests SOURCES ${LAYER_TESTS} USES ${name})
  endif()
endfunction()

# mesh_tests(TARGET SOURCES … USES layer… [LINKS …]): a GoogleTest binary, each test known to ctest by its own name.
function(mesh_tests target)
  cmake_parse_arguments(T "" "" "SOURCES;USES;LINKS" ${ARGN})
  add_executable(${target} ${T_SOURCES})
  if(MESH_SANITIZE)
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/leak_suppressions.cpp)
  endif()
  mesh_reuse(${target} mesh_test_headers)
  # Tests name their fixtures and rows alike.
  set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
  foreach(used IN LISTS T_USES)
    target_link_libraries(${target} PRIVATE mesh::${used})
  endforeach()
  target_link_libraries(${target} PRIVATE ${T_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE MESH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60)
  set_property(GLOBAL APPEND PROPERTY MESH_UNIT_TESTS ${target})
endfunction()
