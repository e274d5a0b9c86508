import { ApiKeyEntity, SessionEntity, WorkspaceEntity } from './account.entity.js';
import { AnswerEntity } from './answer.entity.js';
import { AssessmentEntity } from './assessment.entity.js';
import { ComparisonEntity } from './comparison.entity.js';
import { ModelCallEntity } from './model-call.entity.js';
import { ModelEntity, ProviderStateEntity } from './model.entity.js';
import { StepEntity } from './step.entity.js';

export const entities = [
  WorkspaceEntity,
  ApiKeyEntity,
  SessionEntity,
  ComparisonEntity,
  AnswerEntity,
  StepEntity,
  AssessmentEntity,
  ModelCallEntity,
  ModelEntity,
  ProviderStateEntity,
];
