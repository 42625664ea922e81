// killed by heap limit
// also acceptable: killed by fuel
// class: string
// normalisation is measured before it takes memory
const s = '\uFDFA'.repeat(1 << 18), k = []; for (;;) k.push(s.normalize('NFKD'));
