// Where a request comes from. The local runtime takes the address from this header, which Cloudflare sets for everybody.

/** Of an address that nobody has: what others ask too often does not concern it. */
export const newAddress = () => ({ "cf-connecting-ip": `2001:db8::${part()}:${part()}:${part()}` });

const part = () => Math.floor(Math.random() * 0x10000).toString(16);
