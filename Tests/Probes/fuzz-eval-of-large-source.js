// killed by heap limit
// also acceptable: terminates: error
// class: ast-depth
// the tree of a source is memory
(0, eval)('z;'.repeat(2e6));
