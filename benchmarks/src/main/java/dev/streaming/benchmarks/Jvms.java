package dev.streaming.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Starts JVMs with this program. Their class path is that of an ordinary application: the
 * executable jar is unpacked.
 */
final class Jvms {

	private static final Path TASKSET = Path.of("/usr/bin/taskset");

	/** To bind a process to cores. */
	private static final int ATTEMPTS = 100;

	private static final Set<String> JMH = Set.of("META-INF/BenchmarkList", "META-INF/CompilerHints");

	private final List<String> classPath;

	private Jvms(List<String> classPath) {
		this.classPath = classPath;
	}

	/**
	 * Prepare the class path.
	 * @param directory an empty directory
	 * @return the JVMs
	 * @throws IOException if the jar cannot be unpacked
	 */
	static Jvms in(Path directory) throws IOException {
		List<String> classPath = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
		if (classPath.size() == 1 && classPath.get(0).endsWith(".jar")) {
			try (JarFile jar = new JarFile(classPath.get(0))) {
				return new Jvms(unpack(jar, directory));
			}
		}
		return new Jvms(classPath);
	}

	private static List<String> unpack(JarFile jar, Path directory) throws IOException {
		List<String> result = new ArrayList<>();
		result.add(directory.resolve("BOOT-INF/classes").toString());
		for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements();) {
			JarEntry entry = entries.nextElement();
			// Where the executable jar has what JMH reads
			String name = JMH.contains(entry.getName()) ? "BOOT-INF/classes/" + entry.getName() : entry.getName();
			Path target = directory.resolve(name).normalize();
			if (entry.isDirectory() || !target.startsWith(directory.resolve("BOOT-INF"))) {
				continue;
			}
			Files.createDirectories(target.getParent());
			try (InputStream in = jar.getInputStream(entry)) {
				Files.copy(in, target);
			}
			if (entry.getName().endsWith(".jar")) {
				result.add(target.toString());
			}
		}
		return result;
	}

	ProcessBuilder start(List<String> options, String... args) {
		return start(options, (entry) -> true, args);
	}

	/**
	 * Return a JVM to start.
	 * @param options what comes before the class path
	 * @param wanted says which entries of the class path it has
	 * @param args the arguments of the program
	 * @return the process
	 */
	ProcessBuilder start(List<String> options, Predicate<String> wanted, String... args) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-cp", String.join(File.pathSeparator, this.classPath.stream().filter(wanted).toList()),
				Benchmarks.class.getName()));
		command.addAll(Arrays.asList(args));
		return new ProcessBuilder(command);
	}

	/**
	 * Bind a process with all its threads to some cores, where the system can do that.
	 * @param pid the process
	 * @param cores the cores
	 * @throws IOException if that fails
	 */
	static void bind(long pid, String cores) throws IOException {
		if (!Files.isExecutable(TASKSET)) {
			return;
		}
		// It fails if a thread ends between its list of the threads and its turn
		for (int attempt = 1; !isBound(pid, cores); attempt++) {
			if (attempt == ATTEMPTS) {
				throw new IOException("Process " + pid + " cannot be bound to the cores " + cores);
			}
		}
	}

	private static boolean isBound(long pid, String cores) throws IOException {
		Process process = new ProcessBuilder(TASKSET.toString(), "-a", "-p", "-c", cores, String.valueOf(pid))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

}
