import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ModelCatalogue } from '@polyphony/comparisons';
import { ModelList } from '@polyphony/contracts';

@ApiTags('models')
@ApiBearerAuth()
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly catalogue: ModelCatalogue) {}

  @Get()
  @ApiOperation({ summary: 'What the caller can ask now' })
  @ApiResponse({ status: 200, standardSchema: ModelList })
  async list(): Promise<ModelList> {
    return { items: await this.catalogue.list() };
  }
}
