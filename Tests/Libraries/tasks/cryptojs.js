// packages: libjs-cryptojs
// modules: sha = javascript/cryptojs/rollups/sha256.js # CryptoJS, aes = javascript/cryptojs/rollups/aes.js # CryptoJS, sha512 = javascript/cryptojs/rollups/sha512.js # CryptoJS, hmac = javascript/cryptojs/rollups/hmac-sha256.js # CryptoJS, md5 = javascript/cryptojs/rollups/md5.js # CryptoJS, sha3 = javascript/cryptojs/rollups/sha3.js # CryptoJS, kdf = javascript/cryptojs/rollups/pbkdf2.js # CryptoJS, rc4 = javascript/cryptojs/rollups/rc4.js # CryptoJS, des = javascript/cryptojs/rollups/tripledes.js # CryptoJS
// fuel: 70000000   heap: 8m
const { SHA256, enc } = require('sha'), { SHA512 } = require('sha512'), { MD5 } = require('md5'), { SHA3 } = require('sha3'), { HmacSHA256 } = require('hmac'), kdf = require('kdf');
let chain = 'terrarium';
for (let i = 0; i < 60; i++) chain = SHA256(chain + 'ä'.repeat(i)).toString();
console.log(chain, String(SHA512('abc')), String(MD5('message digest')), String(SHA3('', { outputLength: 256 })), String(HmacSHA256('what do ya want for nothing?', 'Jefe')));
console.log(SHA256('x'.repeat(20000)).toString(), String(kdf.PBKDF2('password', 'salt', { keySize: 8, iterations: 20 })));
for (const [name, library] of [['AES', require('aes')], ['RC4', require('rc4')], ['TripleDES', require('des')]]) {
    const hex = text => library.enc.Hex.parse(text), key = hex('000102030405060708090a0b0c0d0e0f1011121314151617'), iv = hex('101112131415161718191a1b1c1d1e1f');
    for (let n = 1; n < 200; n += 33) {
        const text = 'plain text ☃ '.repeat(n), box = library[name].encrypt(text, key, { iv });
        console.log(name, n, box.toString().slice(0, 60), box.toString().length, library[name].decrypt(box, key, { iv }).toString(library.enc.Utf8) === text);
    }
}
const hash = require('sha').algo.SHA256.create();
for (let i = 0; i < 100; i++) hash.update('part ' + i);
console.log(hash.finalize().toString(enc.Base64 || enc.Hex), enc.Utf8.stringify(enc.Hex.parse('e29883')) || '', enc.Latin1.parse('\xff\x00a').toString());
