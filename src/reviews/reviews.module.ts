import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ReviewsController } from './reviews.controller.js';
import { ReviewsService } from './reviews.service.js';

@Module({ imports: [SessionsModule], controllers: [ReviewsController], providers: [ReviewsService] })
export class ReviewsModule {}
