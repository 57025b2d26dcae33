using System.Globalization;

namespace Functional.Llm;

/// <summary>A checkpoint that is whole.</summary>
/// <param name="Step">After how many steps it was saved.</param>
/// <param name="Path">The folder of its files.</param>
public sealed record StoredCheckpoint(long Step, string Path)
{
    /// <summary>The path of one of its files.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);
}

/// <summary>Checkpoints of a training, side by side in one folder: each is complete or not there, whenever the process ends.</summary>
/// <remarks>
/// A checkpoint is a folder, <c>step-00001234</c>. Its files are written into a temporary one and flushed to the disk, then their list with
/// sizes and SHA-256 (<c>manifest.json</c>); only then does it get its name. What other programs do to it later is found by the list. One
/// training at a time may save to a folder: the next one clears away what it finds unfinished.
/// </remarks>
public static class CheckpointFolder
{
    const string Prefix = "step-";
    const string Temporary = ".checkpoint-";

    /// <summary>A folder that is named as a checkpoint; of several of one step the last revision is the newest.</summary>
    readonly record struct Candidate(long Step, int Revision, string Path)
    {
        public string Name => System.IO.Path.GetFileName(Path);

        public string? Fault(bool sums) => CheckpointManifest.FaultOf(Path, Step, sums);
    }

    /// <summary>Makes the folder of all checkpoints, and finds out whether one can be saved there.</summary>
    /// <exception cref="StorageException">None can.</exception>
    public static void Prepare(string path)
    {
        try
        {
            Directory.CreateDirectory(Unused(path)).Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path}: no checkpoint can be saved here: {e.Message} Choose a folder that you may write to, on a disk with room.", e);
        }
    }

    /// <summary>Saves a checkpoint and then removes older ones, so that <paramref name="keep"/> are left.</summary>
    /// <param name="path">The folder of all checkpoints; it is made.</param>
    /// <param name="step">After how many steps; one that is there already is replaced.</param>
    /// <param name="keep">How many to keep, 1 or more.</param>
    /// <param name="write">Writes the files into the folder that it is given.</param>
    /// <exception cref="StorageException">The files cannot be written, or there is a checkpoint of a later step.</exception>
    public static StoredCheckpoint Save(string path, long step, int keep, Action<string> write)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        try
        {
            Directory.CreateDirectory(path);
            foreach (var unfinished in Directory.GetDirectories(path, $"{Temporary}*"))
                Directory.Delete(unfinished, recursive: true);
            foreach (var torn in Candidates(path).Where(other => other.Step >= step && other.Fault(sums: true) is not null))
                Remove(torn);
            var before = Candidates(path);
            if (before is [{ Step: var last }, ..] && last > step)
            {
                throw new StorageException($"{path}: step {last:N0} was saved here, after step {step:N0}; expected steps that grow; "
                    + "go on from there, or choose another folder");
            }

            var saved = PutInPlace(Written(path, step, write), path, step, before);
            foreach (var old in before.Where(other => other.Step == step || other.Fault(sums: false) is not null))
                Remove(old);
            foreach (var old in Candidates(path).Skip(keep))
                Remove(old);
            return saved;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path}: the checkpoint of step {step:N0} could not be saved: {e.Message} "
                + "Choose a folder that you may write to, on a disk with room.", e);
        }
    }

    /// <summary>The newest checkpoint that is whole, if there is one, and what is to be said of those after it that are not.</summary>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    public static (StoredCheckpoint? Checkpoint, ImmutableArray<string> Torn) Newest(string path)
    {
        try
        {
            var torn = new List<(Candidate Candidate, string Fault)>();
            var candidates = Directory.Exists(path) ? Candidates(path) : [];
            foreach (var candidate in candidates)
            {
                if (candidate.Fault(sums: true) is { } fault)
                    torn.Add((candidate, fault));
                else
                    return (new(candidate.Step, candidate.Path), Told(torn, $"{candidate.Name} is used instead"));
            }

            return (null, Told(torn, "there is no other"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path}: the checkpoints cannot be read: {e.Message} "
                + $"Check the path, seen from {Environment.CurrentDirectory}.", e);
        }
    }

    static ImmutableArray<string> Told(IEnumerable<(Candidate Candidate, string Fault)> torn, string instead) =>
        [.. torn.Select(other => $"{other.Candidate.Path}: this checkpoint is not whole: {other.Fault}; {instead}")];

    /// <summary>A temporary folder with the files and their list, or nothing.</summary>
    static string Written(string path, long step, Action<string> write)
    {
        var temporary = Unused(path);
        Directory.CreateDirectory(temporary);
        try
        {
            write(temporary);
            CheckpointManifest.Write(temporary, step);
            return temporary;
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <summary>The one of the same step stays until this one is in place, which is why this one has another name then.</summary>
    static StoredCheckpoint PutInPlace(string temporary, string path, long step, IEnumerable<Candidate> before)
    {
        var revision = before.Where(other => other.Step == step).Select(other => other.Revision + 1).DefaultIfEmpty(0).Max();
        var target = Path.Combine(path, NameOf(step, revision));
        Directory.Move(temporary, target);
        Disk.FlushFolder(path);
        return new(step, target);
    }

    /// <summary>It loses its name first: a checkpoint of which a part is deleted already is never seen.</summary>
    static void Remove(Candidate old)
    {
        var temporary = Unused(Path.GetDirectoryName(old.Path)!);
        Directory.Move(old.Path, temporary);
        Directory.Delete(temporary, recursive: true);
    }

    static string Unused(string path) => Path.Combine(path, $"{Temporary}{Path.GetRandomFileName()}");

    /// <summary>From the newest to the oldest.</summary>
    static ImmutableArray<Candidate> Candidates(string path) =>
        [.. Directory.GetDirectories(path, $"{Prefix}*").Select(Named).OfType<Candidate>()
            .OrderByDescending(found => (found.Step, found.Revision))];

    static string NameOf(long step, int revision) => $"{Prefix}{step:D8}{(revision == 0 ? "" : $"-{revision}")}";

    static Candidate? Named(string folder)
    {
        var parts = Path.GetFileName(folder)[Prefix.Length..].Split('-');
        return long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && int.TryParse(parts.ElementAtOrDefault(1) ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            && Path.GetFileName(folder) == NameOf(step, revision) ? new(step, revision, folder) : null;
    }
}
