// terminates: value
// also acceptable: killed by heap limit
// class: collections
// registries with dead targets are noted once each
const k = []; for (let i = 0; i < 50000; i++) { const r = new FinalizationRegistry(() => {}); r.register({}, 1); k.push(r); } for (let i = 0; i < 1e6; i++) ({}); print('ok');
