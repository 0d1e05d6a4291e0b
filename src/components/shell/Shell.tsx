/** The frame around every screen: top bar, the journey on the left, and the screen itself. */
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { useShown } from '../../state/workshop';
import { useProjector } from '../common/useProjector';
import { WorkshopBar } from '../workshop/WorkshopBar';
import { InterruptedBanner } from './InterruptedBanner';
import { Rail } from './Rail';
import { StudyBanner } from './StudyBanner';
import classes from './shell.module.css';
import { TopBar } from './TopBar';
import { useLeaveGuard } from './useLeaveGuard';

export function Shell({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const [railOpen, rail] = useDisclosure(false);
  const { journey } = useShown();
  const projector = useProjector();
  useLeaveGuard();
  // On a phone the journey folds into the top and closes when a step is taken.
  useEffect(() => {
    if (path) rail.close();
  }, [path, rail.close]);
  return (
    <div className={classes.frame} data-alone={!journey || undefined} data-projector={projector || undefined}>
      <a className={classes.skip} href="#screen">
        Skip to the screen
      </a>
      {!projector && <TopBar railOpen={railOpen} onToggleRail={rail.toggle} />}
      {!projector && journey && <Rail open={railOpen} />}
      <main id="screen" className={classes.main} tabIndex={-1}>
        {!projector && (
          <>
            <WorkshopBar />
            <InterruptedBanner />
            <StudyBanner />
          </>
        )}
        {children}
      </main>
    </div>
  );
}
