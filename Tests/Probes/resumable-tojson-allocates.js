// killed by fuel
// class: native-loop
// one toJSON that allocates for ever below JSON.stringify
JSON.stringify({ a: [{ toJSON() { for (;;) ({ a: [1, 2, 3] }); } }] });
