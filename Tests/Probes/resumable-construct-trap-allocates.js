// killed by fuel
// class: native-loop
// a construct trap allocates for ever
new (new Proxy(class {}, { construct() { for (;;) ({ a: [1, 2, 3] }); } }))();
