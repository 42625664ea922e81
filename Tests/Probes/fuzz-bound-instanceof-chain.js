// terminates: value
// class: native-recursion
// instanceof goes through what is bound in a loop
let f = function () {}; for (let i = 0; i < 2e5; i++) f = f.bind(); if (!(new f instanceof f)) throw new Error('FAIL'); print('ok');
