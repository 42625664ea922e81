// killed by heap limit
// class: collections
// targets kept until the end of the job are charged
for (let i = 0; ; i++) new WeakRef({ i }).deref();
