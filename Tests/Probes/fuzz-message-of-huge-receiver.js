// killed by fuel
// also acceptable: killed by heap limit
// class: errors
// a message that quotes a huge value is paid for although nobody keeps it
const s = 'x'.repeat(1 << 20), y = Symbol(s), e = new Error(s); for (;;) for (const v of [s, y, e]) { try { Map.prototype.get.call(v); } catch (e) {} try { null[s]; } catch (e) {} }
