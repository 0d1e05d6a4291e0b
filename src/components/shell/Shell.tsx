/** The frame around every screen: top bar, the journey on the left, and the screen itself. */
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { InterruptedBanner } from './InterruptedBanner';
import { Rail } from './Rail';
import { StudyBanner } from './StudyBanner';
import classes from './shell.module.css';
import { TopBar } from './TopBar';
import { useLeaveGuard } from './useLeaveGuard';

export function Shell({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const [railOpen, rail] = useDisclosure(false);
  useLeaveGuard();
  // On a phone the journey folds into the top and closes when a step is taken.
  useEffect(() => {
    if (path) rail.close();
  }, [path, rail.close]);
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#screen">
        Skip to the screen
      </a>
      <TopBar railOpen={railOpen} onToggleRail={rail.toggle} />
      <Rail open={railOpen} />
      <main id="screen" className={classes.main} tabIndex={-1}>
        <InterruptedBanner />
        <StudyBanner />
        {children}
      </main>
    </div>
  );
}
