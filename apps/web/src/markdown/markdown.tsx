import { memo } from 'react';
import { type Block, type List, parseBlocks } from './parse-blocks.js';
import { parseInline } from './parse-inline.js';

/** A model's text. While it grows, only its last block is rendered again. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="prose">
      {parseBlocks(text).map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
});

const BlockView = memo(
  function BlockView({ block }: { block: Block }) {
    switch (block.kind) {
      case 'heading': {
        // The page's own headings are h1 to h3; an answer's come below them.
        const Heading = (['h4', 'h5', 'h6'] as const)[block.level - 1] ?? 'h6';
        return (
          <Heading>
            <Inlines text={block.text} />
          </Heading>
        );
      }
      case 'code':
        return (
          <pre tabIndex={0} aria-label={block.language ? `Code, ${block.language}` : 'Code'}>
            <code>{block.text}</code>
          </pre>
        );
      case 'list':
        return <ListView list={block.list} />;
      case 'paragraph':
        return (
          <p>
            <Inlines text={block.text} />
          </p>
        );
    }
  },
  (before, after) => before.block.kind === after.block.kind && before.block.source === after.block.source,
);

function ListView({ list }: { list: List }) {
  const items = list.items.map((item, index) => (
    <li key={index}>
      <Inlines text={item.text} />
      {item.children.map((child, childIndex) => (
        <ListView key={childIndex} list={child} />
      ))}
    </li>
  ));
  return list.ordered ? <ol start={list.start}>{items}</ol> : <ul>{items}</ul>;
}

function Inlines({ text }: { text: string }) {
  return parseInline(text).map((part, index) => {
    switch (part.kind) {
      case 'strong':
        return <strong key={index}>{part.text}</strong>;
      case 'emphasis':
        return <em key={index}>{part.text}</em>;
      case 'code':
        return <code key={index}>{part.text}</code>;
      case 'text':
        return part.text;
    }
  });
}
