// packages: node-parse5 node-entities
// modules: parse5 = nodejs/parse5
// fuel: 20000000   heap: 8m
const parse5 = require('parse5');
const html = '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN"><html lang=en><head><title>T &amp; &copy &notit; &#x80;</title><style>a > b {}</style><script>if (a < b) "</scr" + "ipt>"<!-- </script> --></script></head><body onload="x()"><p>One<p>Two <b>bold <i>both</b> italic</i><table><tr><td>1<td>2</tr>stray<caption>c</caption></table><ul><li>a<li>b<ul><li>c</ul></ul><svg viewbox="0 0 1 1"><foreignObject><div>in</div></foreignObject><path d=""/></svg><math><mi>x</mi></math><select><option>1<option selected>2<optgroup></select><textarea>\n<b>raw</b></textarea><a href="1">x<a href="2">y</a><br/></br><!-- comment -- > --><![CDATA[x]]><template><td>t</td></template><form><form><input type=checkbox checked value=\'a"b\'></form>&lt;&nbsp;&#128512;&unknown;</body></html><p>after';
const show = (node, depth) => '  '.repeat(depth) + node.nodeName + (node.attrs ? node.attrs.map(a => ` ${a.name}="${a.value}"`).join('') : '') + (node.value !== undefined ? JSON.stringify(node.value) : '') + (node.data !== undefined ? JSON.stringify(node.data) : '') + (node.namespaceURI ? ' ' + node.namespaceURI.slice(-4) : '') + '\n' + [...(node.childNodes || []), ...(node.content ? [node.content] : [])].map(n => show(n, depth + 1)).join('');
const document = parse5.parse(html);
console.log(show(document, 0), parse5.serialize(document));
let long = '';
for (let i = 0; i < 40; i++) long += `<div id=d${i} class="a b"><h${i % 6 + 1}>Head ${i}</h${i % 6 + 1}>${html.slice(html.indexOf('<p>One'), html.indexOf('<template>'))}</div>`;
const out = parse5.serialize(parse5.parseFragment(long));
let hash = 0;
for (let i = 0; i < out.length; i++) hash = Math.imul(hash, 31) + out.charCodeAt(i) | 0;
console.log(out.length, hash, parse5.serialize(parse5.parseFragment('<tr><td>x')), out.slice(0, 3000));
const errors = [];
parse5.parse(html + '<a b b="1"></a c><1>&#xD800;\u0000', { sourceCodeLocationInfo: true, onParseError: error => errors.push(`${error.code}@${error.startLine}:${error.startCol}`) });
console.log(errors.join('\n'));
