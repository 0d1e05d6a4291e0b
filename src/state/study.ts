/** The study under way: the store around studyReducer. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { IDLE_STUDY, type StudyAction, type StudyState, studyReducer } from './studyReducer';

export const studyStore = createStore<StudyState>()(() => IDLE_STUDY);

export function useStudy<T>(selector: (study: StudyState) => T): T {
  return useStore(studyStore, selector);
}

export function dispatchStudy(action: StudyAction): void {
  studyStore.setState(studyReducer(studyStore.getState(), action), true);
}
