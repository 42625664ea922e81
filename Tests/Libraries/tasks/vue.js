// packages: libjs-vue
// modules: vue = javascript/vue/vue.js
// fuel: 8000000   heap: 8m   allow: eval
const Vue = require('vue');
Vue.config.productionTip = Vue.config.devtools = false;
const log = [];
// Vue decodes entities with an element; there is no page here.
document = { createElement: () => ({ set innerHTML(text) { this.textContent = text.replace(/&lt;/g, '<'); } }) };
const vm = new Vue({
    data: { n: 1, list: Array.from({ length: 60 }, (_, i) => ({ id: i, price: i * 1.5, on: i % 2 === 0 })), nested: { a: { b: 'x' } }, text: 'hello' },
    computed: { total() { return this.list.reduce((sum, item) => sum + (item.on ? item.price * this.n : 0), 0); }, reversed: { get() { return [...this.text].reverse().join(''); }, set(v) { this.text = [...v].reverse().join(''); } },
        chain() { return this.total.toFixed(1) + this.reversed; } },
    watch: { chain(now, before) { log.push('chain ' + before + '>' + now); }, 'nested.a.b'(v) { log.push('deep ' + v); }, list: { deep: true, handler(l) { log.push('list ' + l.length); } } },
    methods: { bump(by) { this.n += by; this.$emit('bumped', this.n); } }, created() { log.push('created ' + this.chain); },
});
vm.$on('bumped', n => log.push('event ' + n));
vm.$once('bumped', n => log.push('once ' + n));
(async () => {
    for (let i = 0; i < 40; i++) {
        vm.bump(i % 3);
        vm.list[i].on = !vm.list[i].on;
        if (i % 4 === 0) vm.list.splice(i % 10, 1);
        if (i % 5 === 0) vm.list.push({ id: 100 + i, price: i, on: true });
        if (i % 6 === 0) vm.nested.a = { b: 'y' + i };
        if (i % 7 === 0) vm.reversed = 'abc' + i;
        if (i === 20) { Vue.set(vm.nested, 'fresh', 1); vm.$watch('nested.fresh', v => log.push('fresh ' + v)); }
        if (i > 20) vm.nested.fresh++;
        await vm.$nextTick();
    }
    console.log(log.join('\n'));
    console.log(JSON.stringify(vm.$data), vm.total);
    const compiled = Vue.compile('<div id="app" :class="[{a: on}, cls]" @click.prevent="go($event)"><p v-if="n > 1">{{ text | upper }}</p><p v-else-if="n">{{ n + 1 }}</p><span v-else/><ul><li v-for="(item, i) in list" :key="item.id" v-show="item.on">{{ i }}: <b>{{ item.price.toFixed(2) }}</b></li></ul><input v-model.trim="text"><slot name="s" v-bind="x"><i>default</i></slot><comp v-on:custom="f" ref="r"><template #head="{ y }">{{ y }}</template></comp></div>');
    console.log(String(compiled.render), compiled.staticRenderFns.map(String).join());
    // Renders to virtual nodes, which a small walk turns into text.
    Vue.filter('upper', s => s.toUpperCase());
    const view = new Vue({ data: { n: 2, text: 'txt', on: true, cls: 'k', x: {}, list: vm.list.slice(0, 20) }, methods: { go() {}, f() {} }, render: compiled.render, staticRenderFns: compiled.staticRenderFns });
    const show = v => !v ? '' : v.tag ? `<${v.tag}${v.data && v.data.class ? ' class=' + JSON.stringify(v.data.class) : ''}>${(v.children || []).map(show).join('')}</${v.tag}>` : v.text;
    for (let n = 0; n < 5; n++) { view.n = n; view.list = view.list.slice(n); console.log(show(view._render())); }
    const Parent = Vue.extend({ data: () => ({ p: 1 }), mixins: [{ created() { log.push('mixin'); }, methods: { m() { return this.p * 2; } } }] }), Child = Parent.extend({ data: () => ({ c: 2 }), computed: { both() { return this.m() + this.c; } } });
    const child = new Child({ data: { p: 10 } });
    console.log(child.both, log[log.length - 1], Vue.version, JSON.stringify(Vue.observable({ q: [1] })));
})().catch(error => console.log(error.stack));
