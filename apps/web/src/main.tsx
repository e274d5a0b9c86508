import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import './styles/foundation.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/ask.css';
import './styles/answers.css';
import './styles/prose.css';
import './styles/result.css';

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
