// A React component around the element: attributes as they are, a property for each event.

import './index.js';
import { createElement, forwardRef, useEffect, useImperativeHandle, useRef } from 'react';

const EVENTS = 'ready open close ask answer noanswer feedback error'.split(' ');
const BOOLEANS = ['open', 'persist'];

const property = (name) => `on${name[0].toUpperCase()}${name.slice(1)}`;
const attribute = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const CareersFaq = forwardRef(function CareersFaq(props, outer) {
  const element = useRef(null);
  const handlers = useRef(props);
  useImperativeHandle(outer, () => element.current);
  useEffect(() => {
    handlers.current = props;
  });
  useEffect(() => {
    const { current } = element;
    const life = new AbortController();
    for (const name of EVENTS) {
      const listener = (event) => handlers.current[property(name)]?.(event);
      current.addEventListener(`careers-faq:${name}`, listener, { signal: life.signal });
    }
    return () => life.abort();
  }, []);
  const written = { ref: element };
  for (const [name, value] of Object.entries(props)) {
    if (EVENTS.some((event) => property(event) === name)) continue;
    if (name === 'suggestions' && Array.isArray(value)) written.suggestions = JSON.stringify(value);
    else if (BOOLEANS.includes(name)) written[name] = value ? '' : undefined;
    else written[/^(contactUrl|contentLang|answersUrl)$/.test(name) ? attribute(name) : name] = value;
  }
  return createElement('careers-faq', written);
});
