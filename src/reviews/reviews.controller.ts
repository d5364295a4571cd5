import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { HeedsIfMatch, IfMatch, Versioned } from '../http/etag.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { Describe, Fails, Returns } from '../http/returns.js';
import {
  claimSchema,
  decideReviewSchema,
  reviewPageSchema,
  reviewQuerySchema,
  reviewSchema,
} from './review.schemas.js';
import { ReviewsService } from './reviews.service.js';

@ApiTags('Reviews')
@Controller('v1/reviews')
export class ReviewsController {
  constructor(private readonly reviews: ReviewsService) {}

  @Get()
  @Requires('reviews:read')
  @Describe('List reviews', 'Open ones, oldest first, unless another status is asked for.')
  @Returns(reviewPageSchema)
  listReviews(
    @CurrentCaller() caller: Caller,
    @Query({ schema: reviewQuerySchema }) query: z.infer<typeof reviewQuerySchema>,
  ) {
    return this.reviews.list(caller, query);
  }

  @Post('claim-next')
  @Requires('reviews:write')
  @Describe(
    'Claim the next review',
    'The one you hold already, or the oldest that nobody works on. A claim lasts 10 minutes.',
  )
  @Returns(claimSchema)
  claimNextReview(@CurrentCaller() caller: Caller, @Idempotent() idempotent: IdempotentRequest | null) {
    return this.reviews.claimNext(caller, idempotent);
  }

  @Get(':id')
  @Requires('reviews:read')
  @Describe(
    'Read a review',
    'With its note, for callers with results:read. The look at a note is recorded in the audit trail.',
  )
  @Versioned()
  @Returns(reviewSchema)
  @Fails('not_found')
  getReview(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.reviews.get(caller, id);
  }

  @Post(':id/claim')
  @Requires('reviews:write')
  @Describe('Claim a review', 'Also renews your own claim for another 10 minutes.')
  @Versioned()
  @Returns(reviewSchema)
  @Fails('not_found', 'review_decided', 'review_claimed')
  claimReview(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.reviews.claim(caller, id, idempotent);
  }

  @Post(':id/release')
  @Requires('reviews:write')
  @Describe('Release a review', 'Gives your claim back to the queue.')
  @Versioned()
  @Returns(reviewSchema)
  @Fails('not_found', 'review_decided', 'review_claimed')
  releaseReview(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.reviews.release(caller, id, idempotent);
  }

  @Post(':id/decision')
  @Requires('reviews:write')
  @Describe(
    'Decide a review',
    "Final, once: it sets the outcome of the session. Claim the review first. The answer doesn't repeat the note.",
  )
  @HeedsIfMatch()
  @Versioned()
  @Returns(reviewSchema)
  @Fails(
    'not_found',
    'review_decided',
    'review_claimed',
    'review_not_claimed',
    'version_mismatch',
    'data_unreadable',
  )
  decideReview(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: decideReviewSchema }) body: z.infer<typeof decideReviewSchema>,
    @IfMatch() ifMatch: number | null,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.reviews.decide(caller, id, body, { ifMatch, idempotent });
  }
}
