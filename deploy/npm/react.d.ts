import type { DetailedHTMLProps, ForwardRefExoticComponent, HTMLAttributes, ReactNode, RefAttributes } from 'react';
import type { CareersFaq as Element, CareersFaqAttributes, CareersFaqEventMap } from './index.js';

export interface CareersFaqProps extends Omit<CareersFaqAttributes, 'suggestions' | 'open' | 'persist'> {
  suggestions?: string | string[];
  open?: boolean;
  persist?: boolean;
  contactUrl?: string;
  contentLang?: string;
  answersUrl?: string;
  id?: string;
  className?: string;
  dir?: 'ltr' | 'rtl' | 'auto';
  hidden?: boolean;
  children?: ReactNode;
  onReady?: (event: CareersFaqEventMap['careers-faq:ready']) => void;
  onOpen?: (event: CareersFaqEventMap['careers-faq:open']) => void;
  onClose?: (event: CareersFaqEventMap['careers-faq:close']) => void;
  onAsk?: (event: CareersFaqEventMap['careers-faq:ask']) => void;
  onAnswer?: (event: CareersFaqEventMap['careers-faq:answer']) => void;
  onNoanswer?: (event: CareersFaqEventMap['careers-faq:noanswer']) => void;
  onFeedback?: (event: CareersFaqEventMap['careers-faq:feedback']) => void;
  onError?: (event: CareersFaqEventMap['careers-faq:error']) => void;
}

export const CareersFaq: ForwardRefExoticComponent<CareersFaqProps & RefAttributes<Element>>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'careers-faq': DetailedHTMLProps<HTMLAttributes<Element>, Element> & CareersFaqAttributes;
    }
  }
}
