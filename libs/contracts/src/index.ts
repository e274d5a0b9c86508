export * from './identifiers.js';
export * from './problem.js';
export * from './answer.js';
export * from './assessment.js';
export * from './comparison.js';
export * from './event.js';
export * from './model.js';
export * from './socket.js';
