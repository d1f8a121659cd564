import { isUtf8 } from 'node:buffer';
import type { PathNode } from './paths.ts';

/** What a value begins with: a quote, a digit or sign, a letter, a brace, a bracket. */
export type ValueKind = 'text' | 'number' | 'word' | 'object' | 'array';

/** A member that an object may have. */
export interface MemberForm {
  /** All that stands between the value before and this one's: brace or comma, key, colon, blanks. Latin-1: a letter a byte. */
  readonly lead: string;
  /** What is wanted of its values. */
  readonly node: PathNode | undefined;
  /** Of its values. */
  readonly kinds: Set<ValueKind>;
  /** More than the bytes between the quotes of its longest text: 16, 32, or 64, which may be less than those. */
  textBytes: 16 | 32 | 64;
  readonly object: ObjectForm;
}

/** An object's members in the order in which they come; each may be missing. */
export interface ObjectForm {
  readonly members: MemberForm[];
  /** What stands behind the last value, brace included; undefined before such an object was seen. */
  close: string | undefined;
  /** Its members differ too much to be told apart. */
  isSkipped: boolean;
}

/** Members of all objects, and of one that nobody wants. */
const MOST_MEMBERS = 400;
const MOST_UNWANTED = 32;
const DEEPEST = 8;

const LEAD = /[ \t]*[{,][ \t]*"([^"\\\0-\x1f]*)"[ \t]*:[ \t]*/y;
const CLOSE = /[ \t]*\}/y;
const TEXT = /"((?:[^"\\]|\\[\s\S])*)"/y;
const NUMBER = /-?\d[-+.\dEe]*/y;
const WORD = /[a-z]+/y;

/**
 * What the lines of a file have in common, learnt from some of them: keys in their order, what stands between values, and
 * kinds of values. Mostly one program has written them all.
 */
export class LineForm {
  readonly root: ObjectForm = newObject();
  readonly #tree: PathNode;
  #members = 0;
  #line = '';
  #at = 0;
  #hasNews = false;

  /** `tree`: what is wanted of each line. */
  constructor(tree: PathNode) {
    this.#tree = tree;
  }

  /** Equal for forms that are read by the same code. */
  get key(): string {
    return JSON.stringify(this.root, (name, value) => {
      if (value instanceof Set) return [...value];
      return name === 'node' && value ? [value.slot, value.members.size > 0] : value;
    });
  }

  /** Learns from a line in Latin-1, without its end; gives whether that brought anything new. */
  learn(line: string): boolean {
    this.#line = line;
    this.#at = 0;
    this.#hasNews = false;
    this.#object(this.root, this.#tree, 0);
    return this.#hasNews;
  }

  /** Goes behind an object; false where there is none, or one that does not fit into the form. */
  #object(form: ObjectForm, node: PathNode | undefined, depth: number): boolean {
    if (!node && depth > DEEPEST) form.isSkipped = true;
    if (form.isSkipped) return this.#nested();
    let place = 0;
    for (let isFirst = true; ; isFirst = false) {
      const close = isFirst ? undefined : this.#take(CLOSE)?.[0];
      if (close !== undefined) {
        this.#hasNews ||= form.close === undefined;
        form.close ??= close;
        return form.close === close;
      }
      const [lead, key] = this.#take(LEAD) ?? [];
      if (lead === undefined || key === undefined || (lead.trimStart()[0] === '{') !== isFirst) return false;
      const index = this.#member(form, node, lead, key, place);
      if (form.isSkipped) {
        this.#at -= lead.length;
        return false;
      }
      const member = form.members[index];
      if (!member || !this.#value(member, depth)) return false;
      place = index + 1;
    }
  }

  /** The index of a member that stands at `place` or behind; -1 where it stands before, or there is no room for it. */
  #member(form: ObjectForm, node: PathNode | undefined, lead: string, key: string, place: number): number {
    const known = form.members.findIndex((member) => member.lead === lead);
    if (known >= 0) return known < place ? -1 : known;
    const bytes = Buffer.from(key, 'latin1');
    if (!isUtf8(bytes) || this.#members === MOST_MEMBERS) return -1;
    this.#hasNews = true;
    form.isSkipped = !node && form.members.length === MOST_UNWANTED;
    if (form.isSkipped) return -1;
    this.#members++;
    const wanted = node?.members.get(bytes.toString());
    form.members.splice(place, 0, { lead, node: wanted, kinds: new Set(), textBytes: 16, object: newObject() });
    return place;
  }

  #value(member: MemberForm, depth: number): boolean {
    const kind = kindOf(this.#line[this.#at] ?? '');
    if (kind === undefined) return false;
    this.#hasNews ||= !member.kinds.has(kind);
    member.kinds.add(kind);
    if (kind === 'object') return this.#object(member.object, member.node, depth + 1);
    if (kind === 'array') return this.#nested();
    const taken = this.#take(kind === 'text' ? TEXT : kind === 'number' ? NUMBER : WORD);
    const length = taken?.[1]?.length ?? 0;
    if (length >= 32) member.textBytes = 64;
    else if (length >= 16 && member.textBytes === 16) member.textBytes = 32;
    return taken !== undefined;
  }

  /** Goes behind an object or array, if it ends. */
  #nested(): boolean {
    let depth = 0;
    while (this.#at < this.#line.length) {
      const letter = this.#line[this.#at] as string;
      if (letter === '"') {
        if (!this.#take(TEXT)) return false;
        continue;
      }
      this.#at++;
      if (letter === '{' || letter === '[') depth++;
      else if ((letter === '}' || letter === ']') && --depth === 0) return true;
    }
    return false;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#line);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}

function kindOf(letter: string): ValueKind | undefined {
  if (letter === '"') return 'text';
  if (letter === '{') return 'object';
  if (letter === '[') return 'array';
  if (letter >= 'a' && letter <= 'z') return 'word';
  return letter === '-' || (letter >= '0' && letter <= '9') ? 'number' : undefined;
}

function newObject(): ObjectForm {
  return { members: [], close: undefined, isSkipped: false };
}
