import type { Process, SimulationContext, Verdict, WireReport } from './define-check.js';
import { simulatedReport } from './simulated-report.js';

/** Confidence from which Yoti's automatic comparison passes. */
const passingConfidence = 0.7;

/** The report of a comparison of two faces; the failing line has the score. */
export function simulateFaces(verdict: Verdict, context: SimulationContext): WireReport {
  const { recommendation } = verdict;
  const reason = verdict.reason ?? defaultReason(recommendation);
  const told = reason === undefined ? verdict : { ...verdict, reason };
  const attempted = new Map<string, Process>();
  if (recommendation === 'NOT_AVAILABLE') {
    return simulatedReport(told, { attempted, failed: new Set() });
  }
  const confidence = verdict.confidence ?? (recommendation === 'REJECT' ? 0.12 : 0.87);
  const failed = new Set<string>();
  attempted.set('ai_face_match', 'AUTOMATED');
  if (confidence < passingConfidence) failed.add('ai_face_match');
  if (context.manual) {
    attempted.set('manual_face_match', 'EXPERT_REVIEW');
    if (recommendation === 'REJECT') failed.add('manual_face_match');
  }
  const details = { ai_face_match: [{ name: 'confidence_score', value: confidence.toFixed(2) }] };
  return simulatedReport(told, { attempted, failed, details });
}

function defaultReason(recommendation: Verdict['recommendation']): string | undefined {
  if (recommendation === 'REJECT') return 'DIFFERENT_PERSON';
  return recommendation === 'NOT_AVAILABLE' ? 'FACE_NOT_FOUND' : undefined;
}
