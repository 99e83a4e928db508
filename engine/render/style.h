#pragma once

namespace mesh {

enum class Color { off, on };

}  // namespace mesh
