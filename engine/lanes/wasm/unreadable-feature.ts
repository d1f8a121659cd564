/** Nothing is damaged, but a page uses what our own decoders do not know: another reader may. The message names it. */
export class UnreadableFeature extends Error {}
