// Stack traces through awaits.
async function a1(){ await null; throw new Error("a1") }
async function a2(){ await a1() }
async function a3(){ try { await a2() } catch(e){ console.log(e.stack) } }
const ao={ async meth(){ await a1() } }; class AC { async m(){ await a1() } static async s(){ await a1() } }
async function main(){
 await a3();
 await ao.meth().catch(e=>console.log(e.stack));
 await new AC().m().catch(e=>console.log(e.stack));
 await AC.s().catch(e=>console.log(e.stack));
 try { await Promise.all([1,a1()]) } catch(e){ console.log(e.stack) }
 try { await Promise.any([a1()]) } catch(e){ console.log(e.errors[0].stack) }
 try { await Promise.race([a1()]) } catch(e){ console.log(e.stack) }
 try { await Promise.allSettled([a1()]).then(r=>console.log(r[0].reason.stack)) } catch(e){ console.log(e.stack) }
 try { await new Promise(r=>r()).then(()=>{ throw new Error("then") }) } catch(e){ console.log(e.stack) }
 try { await Promise.resolve().then(function cb(){ throw new Error("then2") }).then(x=>x) } catch(e){ console.log(e.stack) }
 try { await (async()=>{ await null; throw new Error("arrow") })() } catch(e){ console.log(e.stack) }
 async function* ag(){ await null; yield 1; throw new Error("ag") }
 try { for await(const x of ag()); } catch(e){ console.log(e.stack) }
 async function sync(){ throw new Error("sync") }
 try { await sync() } catch(e){ console.log(e.stack) }
 try { await { then(r,j){ j(new Error("thenable")) } } } catch(e){ console.log(e.stack) }
 const deep=async n=>{ if(n===0){ await null; throw new Error("deep") } await deep(n-1) };
 try { await deep(3) } catch(e){ console.log(e.stack) }
 try { await Promise.reject(new Error("rej")) } catch(e){ console.log(e.stack) }
 return a1();
}
main().catch(e=>console.log(e.stack));
