// killed by heap limit
// class: jobs
// jobs that wait count, and their queue grows by as much
const p = Promise.resolve(), f = () => {}; for (;;) p.then(f);
