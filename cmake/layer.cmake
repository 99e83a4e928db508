# One interface target carries the flags of every layer.
add_library(mesh_flags INTERFACE)
target_compile_features(mesh_flags INTERFACE cxx_std_20)
target_compile_options(mesh_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                            -Wnon-virtual-dtor -Woverloaded-virtual)
# g++ 12 sees uninitialized members behind every std::optional that it inlines.
target_compile_options(mesh_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
if(MESH_WERROR)
  target_compile_options(mesh_flags INTERFACE -Werror)
endif()
if(MESH_SANITIZE)
  target_compile_options(mesh_flags INTERFACE -fsanitize=${MESH_SANITIZE} -fno-omit-frame-pointer
                                              -fno-sanitize-recover=all)
  target_link_options(mesh_flags INTERFACE -fsanitize=${MESH_SANITIZE})
endif()

# What nearly every source includes is parsed once, for all layers: nlohmann/json.hpp alone takes longer than most sources.
function(mesh_common_headers target)
  if(NOT TARGET mesh_common_headers)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/common_headers.cpp CONTENT "")
    add_library(mesh_common_headers OBJECT ${PROJECT_BINARY_DIR}/common_headers.cpp)
    target_link_libraries(mesh_common_headers PRIVATE mesh_flags fmt::fmt nlohmann_json::nlohmann_json tl::expected)
    target_precompile_headers(mesh_common_headers PRIVATE
      <algorithm> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <set> <stop_token> <string>
      <string_view> <thread> <utility> <variant> <vector> <sstream> <fmt/format.h> <nlohmann/json.hpp> <tl/expected.hpp>)
  endif()
  target_precompile_headers(${target} REUSE_FROM mesh_common_headers)
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
    mesh_common_headers(${target})
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
  mesh_common_headers(${target})
  foreach(used IN LISTS T_USES)
    target_link_libraries(${target} PRIVATE mesh::${used})
  endforeach()
  target_link_libraries(${target} PRIVATE ${T_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE MESH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60)
endfunction()
