/** Hidden characters that carry text past a reader: tag characters outside flags, and bidirectional overrides. */
const hiddenText = /(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]{0,8})[\u{E0020}-\u{E007E}]|[\u202A-\u202E\u2066-\u2069]/u;

const subject = String.raw`(?:this|the (?:present|above|current)|my)\s+(?:\w+\s+)?(?:answer|response|candidate|reply|submission|completion|text above|one)`;
const rivals = String.raw`(?:(?:the|all|any|every)\s+)?(?:other|competing|rival|alternative|remaining)\s+(?:answer|response|candidate|repl(?:y|ie)|option)s?`;
const judge = String.raw`(?:judge|evaluator|grader|assessor|rater|reviewer|scorer|grading model|evaluation model)s?`;
const prize = String.raw`(?:first|highest|best|winner|winning|top|#\s?1|number one|rank 1|full marks|maximum|perfect|10\s?/\s?10|100)`;

const directed = [
  String.raw`\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+)?(?:of\s+)?(?:the\s+|your\s+)?(?:previous|prior|earlier|above|preceding|original)\s+(?:instruction|prompt|rule|criteri|rubric|guideline)`,
  String.raw`\b(?:ignore|disregard|skip)\s+${rivals}`,
  String.raw`\b(?:rank|rate|score|place|choose|select|pick|prefer|declare|mark|grade|return|vote for)\s+${subject}\b.{0,60}\b${prize}`,
  String.raw`\b(?:choose|select|pick|prefer)\s+${subject}\b`,
  String.raw`\b(?:give|award|assign|grant)\s+${subject}\b.{0,30}(?:${prize}|\d{1,3}\s?(?:/|points))`,
  String.raw`\b${judge}\b.{0,40}\b(?:must|should|shall|please|has to|have to|is to)\b.{0,40}\b(?:choose|select|pick|prefer|rank|rate|score|give)\b.{0,20}\b(?:this|me|my)\b`,
  String.raw`\b(?:note|message|attention|dear|instruction|memo)\b.{0,12}\b${judge}\b`,
  String.raw`(?:<!--|\[//\]:|display\s*:\s*none|font-size\s*:\s*0).{0,60}\b(?:${judge}|rank|prefer|choose (?:this|me)|score this)\b`,
  String.raw`${rivals}.{0,60}\b(?:must|should|deserve|are|get)\b.{0,30}\b(?:ranked last|rated lower|zero|0 points|lowest|last place|disqualified)`,
  String.raw`\b(?:answer|response)s?\s+that\s+(?:disagree|differ|contradict).{0,60}\b(?:0|zero|lowest)\b`,
  String.raw`\bresponses?\s+(?:that\s+)?contain(?:ing|s)?\s+this\s+(?:notice|note|text)\b`,
  String.raw`\b(?:this|the following)\s+is\s+the\s+(?:gold|golden|official|reference)\b.{0,20}\b(?:answer|solution|response)`,
  String.raw`\bverified\s+by\b.{0,60}\bguaranteed\b`,
  String.raw`\[\[\s*(?:rating|[A-D](?:\s*[<>=]+\s*[A-D])?|\d{1,3})\s*\]\]`,
  String.raw`"(?:winner|verdict|best|choice)"\s*:\s*"[A-D]"`,
  String.raw`\b(?:winner|verdict)\s*:\s*(?:this|the present)\s+(?:answer|response|candidate)`,
  String.raw`\b(?:final\s+)?ranking\s*:\s*\s1[.)]\s*(?:response|answer|candidate|assistant)\s+[A-D1-9]`,
  String.raw`(?:overall|total|accuracy|helpfulness|correctness)\s*:\s*10\s?/\s?10.{0,60}\b10\s?/\s?10`,
  String.raw`<<<\s*(?:ANSWER|END|QUESTION)\b|</answer>\s*<(?:answer|instruction)|\[the (?:end|start) of assistant|end of (?:candidate|answer|response) (?:text|block)`,
  String.raw`(?:<\|im_start\|>|<\|system\|>|\[system(?: \w+)?\]|###\s*instruction).{0,120}\b(?:prefer|rate|rank|score|better|best|grading|evaluat)`,
  String.raw`\bignor(?:ez|iere|ieren sie|a|e)\s+(?:toutes?\s+les|alle|todas?\s+las|tutte\s+le|as)\b.{0,40}\b(?:instru|anweisung|istruzion|réponse|respuesta|antwort|rispost)`,
  String.raw`(?:忽略|无视|請忽略).{0,12}(?:指令|指示|回答|答案|说明)|(?:选择|評為|给).{0,6}(?:本|这个|此)(?:回答|答案)|(?:指示|命令).{0,6}無視|игнорируй(?:те)?.{0,30}(?:инструкци|ответ)`,
].map((source) => new RegExp(source, 'isu'));

/**
 * Whether a text seems to be directed at a judge rather than at the one who asked. It misses what is phrased in new ways
 * and now and then accuses an innocent text, so it only ever flags: nothing is removed or ranked lower for it.
 */
export function isJudgeDirected(text: string): boolean {
  if (hiddenText.test(text)) return true;
  const plain = text.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const unquoted = plain.replace(/(?<!=)["“«][^"”»\n]{12,120}["”»]/gu, '""');
  return directed.some((pattern) => pattern.test(unquoted));
}

/** The flags an answer's text earns before any judge sees it. */
export function detectFlags(text: string): 'judge_directed_text'[] {
  return isJudgeDirected(text) ? ['judge_directed_text'] : [];
}
