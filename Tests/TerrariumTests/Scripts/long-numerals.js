// Numbers in long texts: read as those in short ones are.
const ones = '1'.repeat(5000), zeros = '0'.repeat(5000), spaces = ' '.repeat(5000);
print(parseInt(ones), parseInt(ones, 7), parseInt('-' + zeros + 'ff', 16), parseInt('0x' + zeros + '1f'), parseInt(zeros), parseInt(spaces + '12' + spaces));
print(parseInt(zeros + 'x'), parseInt(spaces), parseInt(spaces + '-'), parseInt(zeros + '12z', 36), parseInt('0x' + spaces), parseInt(zeros + '7', 1));
print(parseFloat('0.' + ones), parseFloat('0.' + zeros + ones), parseFloat('-1.' + zeros + '1'), parseFloat(ones), parseFloat(ones + 'e-5000'));
print(parseFloat('.' + ones + 'e1'), parseFloat('.' + spaces), parseFloat('1.5.' + ones), parseFloat('1e' + spaces), parseFloat('2.5e+' + zeros + '1x'));
print(Number(ones + '.' + ones + 'e-4999'), Number(spaces + '-0.5e1' + spaces), Number(spaces), Number(ones + 'x'), Number('0x' + zeros + 'ff'));
print(Number('0b' + '1'.repeat(1024) + zeros), Number('0b' + zeros + '2'), Number(spaces + '-Infinity' + spaces), Number('Infinit' + spaces), Number('+' + spaces));
print(Number('0.' + zeros + '5e5001'), Number('9007199254740993' + zeros + 'e-5000'), Number('9007199254740992.' + zeros + '1'), Number('9007199254740993.' + zeros + '1'));
print(Number('1e' + '9'.repeat(5000)), Number('1e-' + '9'.repeat(5000)), Number('0e' + '9'.repeat(5000)), Number(zeros), Object.is(Number('-' + zeros), -0));
