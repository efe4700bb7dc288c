import { StrictMode, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { CareersFaq as Element } from 'careers-faq';
import { CareersFaq } from 'careers-faq/react';

const ENDPOINT = 'http://127.0.0.1:8000';

function App() {
  const faq = useRef<Element>(null);
  const [unanswered, setUnanswered] = useState<string[]>([]);
  return (
    <main>
      <h1>Careers</h1>
      <button onClick={() => faq.current?.ask('Do I need a degree?')}>Do I need a degree?</button>
      <p>{unanswered.join(', ')}</p>
      <CareersFaq
        ref={faq}
        endpoint={ENDPOINT}
        accent="#0b6b4f"
        contactUrl="mailto:jobs@example.org"
        suggestions={['Which pays more?', 'How much maths do I need?']}
        onNoanswer={(event) => setUnanswered((list) => [...list, event.detail.question])}
      />
      <careers-faq endpoint={ENDPOINT} position="inline" heading="Ask here" />
    </main>
  );
}

document.addEventListener('careers-faq:answer', (event) => console.log(event.detail.result.answer?.title));
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
