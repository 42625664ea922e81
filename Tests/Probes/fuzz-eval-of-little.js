// killed by fuel
// class: code
// setting up parser and compiler costs more than the characters
for (;;) { try { (0, eval)('1'); (0, eval)('('); } catch (e) {} }
