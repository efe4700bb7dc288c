import type { DefineComponent } from 'vue';
import type { CareersFaqAttributes, CareersFaqEventMap } from './index.js';

type Listeners = {
  [Name in keyof CareersFaqEventMap as `on${Capitalize<Name>}`]?: (event: CareersFaqEventMap[Name]) => void;
};

declare module 'vue' {
  interface GlobalComponents {
    'careers-faq': DefineComponent<CareersFaqAttributes & Listeners>;
  }
}

export {};
