// terminates: value
// class: array
// holes at the end are no work
const a = [1, 2].concat(new Array(2 ** 32 - 10)); if (a.length !== 4294967288 || a[1] !== 2 || 2 in a) throw new Error('FAIL'); print('ok');
