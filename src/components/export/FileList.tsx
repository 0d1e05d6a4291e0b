/** What the zip holds: each file, its size, and what opens it. */
import { Table } from '@mantine/core';
import type { ExportPreview } from '../../state/runs';
import { bytes, plural } from '../common/format';
import { Section } from '../common/Section';
import { Term } from '../common/Term';
import classes from './export.module.css';

interface FileListProps {
  name: string;
  files: ExportPreview['files'];
}

export function FileList({ name, files }: FileListProps) {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <Section
      title={`One zip with ${plural(files.length, 'file')}`}
      lead={
        <>
          {name} · {bytes(total)} unpacked. The weights are <Term id="safetensors">safetensors</Term>.
        </>
      }
    >
      <Table className={classes.files} aria-label="Files in the zip">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">File</Table.Th>
            <Table.Th scope="col" className={classes.size}>
              Size
            </Table.Th>
            <Table.Th scope="col" className={classes.opensIn}>
              Opens in
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {files.map((file) => (
            <Table.Tr key={file.path}>
              <Table.Th scope="row" className={classes.path}>
                {file.path}
                <span className={classes.opensUnder}>{file.opensIn}</span>
              </Table.Th>
              <Table.Td className={classes.size}>{bytes(file.bytes)}</Table.Td>
              <Table.Td className={classes.opensIn}>{file.opensIn}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
