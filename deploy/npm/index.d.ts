/** A text of the content, word for word. */
export interface Answer {
  id: string;
  kind: 'faq' | 'passage' | 'comparison' | 'boundary' | 'smalltalk';
  title: string;
  text: string;
  markdown: string;
  /** Sanitised. */
  html: string;
  url: string;
  reviewed: string | null;
  sources: { title: string; url: string }[];
  sides: { role: string; label: string; id: string; text: string; html: string; asked?: boolean }[];
}

/** The response of `/v1/ask`. */
export interface Result {
  interaction_id: string | null;
  conversation_id?: string;
  outcome: 'answer' | 'clarify' | 'no_answer' | 'smalltalk';
  confidence?: number;
  message: string;
  message_html?: string;
  contact?: { label: string; url: string } | null;
  answer: Answer | null;
  passages: { id: string; heading: string; text: string; url: string; score: number; highlights: [number, number][] }[];
  suggestions: { id: string; question: string }[];
  index_version: string;
}

/** By the name of an event, what its `detail` holds. */
export interface CareersFaqDetails {
  'careers-faq:ready': { version: string };
  'careers-faq:open': Record<string, never>;
  'careers-faq:close': Record<string, never>;
  /** `preventDefault()` keeps the question from being asked. */
  'careers-faq:ask': { question: string };
  'careers-faq:answer': { question: string; result: Result };
  'careers-faq:noanswer': { question: string; result: Result };
  'careers-faq:feedback': { interaction_id: string; helpful: boolean; comment?: string };
  'careers-faq:error': { question: string; reason: 'down' | 'limit' | 'refused' | 'feedback'; message: string };
}

export type CareersFaqEventMap = { [Name in keyof CareersFaqDetails]: CustomEvent<CareersFaqDetails[Name]> };

/** What may be written on the element. */
export interface CareersFaqAttributes {
  endpoint?: string;
  heading?: string;
  subtitle?: string;
  greeting?: string;
  /** A JSON list of questions, or questions with `|` between them. */
  suggestions?: string;
  open?: boolean | '';
  position?: 'bottom-right' | 'bottom-left' | 'drawer-right' | 'drawer-left' | 'inline';
  scheme?: 'auto' | 'light' | 'dark';
  /** One colour, from which the rest follows. */
  accent?: string;
  lang?: string;
  'contact-url'?: string;
  persist?: boolean | '';
  'content-lang'?: string;
  'answers-url'?: string;
  /** Keys that open and close the panel, such as `ctrl+k`. */
  shortcut?: string;
  /** CSS selector of the page's own buttons that open the panel. */
  trigger?: string;
}

/** Names for `::part()`. */
export type CareersFaqPart =
  | 'launcher' | 'panel' | 'header' | 'subtitle' | 'notice' | 'log' | 'message' | 'question' | 'answer' | 'side'
  | 'citation' | 'suggestion' | 'contact' | 'feedback' | 'comment' | 'input' | 'send';

export class CareersFaq extends HTMLElement {
  static readonly version: string;
  /** By language; a page may add languages and change messages. */
  static readonly messages: Record<string, Record<string, string>>;
  endpoint: string;
  heading: string;
  subtitle: string;
  greeting: string;
  suggestions: string[];
  position: string;
  scheme: string;
  accent: string;
  contactUrl: string;
  persist: string | boolean;
  contentLang: string;
  answersUrl: string;
  shortcut: string;
  trigger: string;
  open(): void;
  close(): void;
  /** Opens the panel and asks. */
  ask(question: string): Promise<void> | undefined;
  /** Forgets the conversation. */
  clear(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'careers-faq': CareersFaq;
  }
  interface GlobalEventHandlersEventMap extends CareersFaqEventMap {}
}
