/** The last net: an error while drawing becomes a sentence and a way on, never a blank page. */
import { Button, Container, Group, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { toErrorData } from '../../engine/core/errors';

interface PageBoundaryProps {
  children: ReactNode;
}

export class PageBoundary extends Component<PageBoundaryProps, { thrown: unknown }> {
  override state: { thrown: unknown } = { thrown: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown };
  }

  override render(): ReactNode {
    if (this.state.thrown === null) return this.props.children;
    return (
      <Container size="sm" py={80} role="alert">
        <Stack>
          <Title order={1}>This screen could not be drawn</Title>
          <Text>{toErrorData(this.state.thrown).message}</Text>
          <Text c="dimmed">Your data, your choices and your finished runs are kept in this browser.</Text>
          <Group>
            <Button onClick={() => location.reload()}>Reload the page</Button>
            <Button variant="default" onClick={() => location.assign('/data')}>
              Go to Data
            </Button>
          </Group>
        </Stack>
      </Container>
    );
  }
}
