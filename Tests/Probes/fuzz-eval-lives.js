// killed by heap limit
// also acceptable: killed by fuel
// class: code
// code from strings that is referred to counts
const k = []; for (let i = 0; ; i++) k.push((0, eval)('() => "' + 'x'.repeat(20000) + i + '"'));
