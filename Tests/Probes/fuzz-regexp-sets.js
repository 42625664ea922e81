// killed by fuel
// class: redos
// classes of many ranges are paid for when they are compiled, and when they are wrong
for (;;) { new RegExp('[\\p{L}--[\\p{Lu}&&\\w]]', 'vi'); try { new RegExp('[\\p{L}--[\\p{Lu}&&\\w]](', 'vi'); } catch (e) {} }
