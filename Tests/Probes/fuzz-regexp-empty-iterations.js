// terminates: value
// class: redos
// one empty iteration stands for all that have to be
if (/^(?:a?){4000000000}b/.test('aaaa') || !/^(?:a?){4000000000}b/.test('aab') || !/(?:){9007199254740991}/.test('') || /^(?:(a)|){3}b$/.exec('ab')[1] !== undefined || /^(?:|(a)){2}b$/.exec('ab')[1] !== 'a') throw new Error('FAIL'); print('ok');
