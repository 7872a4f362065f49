// Work split into parts by its size alone, so that results do not depend on which thread computes which part.
#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace mnv4 {

/// The number of workers of a run that wait for the others, with idle cores, in memory that all share.
class Helpers {
 public:
  static void share(std::atomic<int32_t>* waiting, int workers) {
    waiting_ = waiting;
    workers_ = workers;
  }
  static void wait(bool waits) {
    if (waiting_ != nullptr) waiting_->fetch_add(waits ? 1 : -1);
  }
  /// Threads for a worker that has `own`: the threads of waiting workers are shared among the computing ones.
  static int threads(int own) {
    if (waiting_ == nullptr) return own;
    const int waiting = std::clamp(waiting_->load(std::memory_order_relaxed), 0, workers_ - 1);
    return own * (1 + waiting / (workers_ - waiting));
  }

 private:
  static inline std::atomic<int32_t>* waiting_ = nullptr;
  static inline int workers_ = 1;
};

/// Threads that live as long as the process.
class Crew {
 public:
  /// Calls work(0) to work(parts - 1) on `threads` threads, including this one; returns when all have ended.
  static void run(int threads, int parts, const std::function<void(int)>& work) {
    static Crew* crew = new Crew;  // never destroyed: its threads wait until the process ends
    crew->share(std::min(threads, parts), parts, work);
  }

 private:
  void share(int threads, int parts, const std::function<void(int)>& work) {
    if (threads <= 1) {
      for (int part = 0; part < parts; part++) work(part);
      return;
    }
    std::lock_guard<std::mutex> one_at_a_time(turn_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      while (started_ < threads - 1) std::thread(&Crew::serve, this, ++started_).detach();
      work_ = &work;
      next_ = 0;
      parts_ = parts;
      busy_ = helpers_ = threads - 1;
      round_++;
    }
    begin_.notify_all();
    take_parts(work);
    std::unique_lock<std::mutex> lock(mutex_);
    end_.wait(lock, [this] { return busy_ == 0; });
  }

  void take_parts(const std::function<void(int)>& work) {
    for (int part = next_++; part < parts_; part = next_++) work(part);
  }

  void serve(int number) {
    std::unique_lock<std::mutex> lock(mutex_);
    for (uint64_t seen = 0;; seen = round_) {
      begin_.wait(lock, [&] { return round_ != seen && number <= helpers_ && busy_ > 0; });
      const auto* work = work_;
      lock.unlock();
      take_parts(*work);
      lock.lock();
      if (--busy_ == 0) end_.notify_one();
    }
  }

  std::mutex turn_, mutex_;
  std::condition_variable begin_, end_;
  const std::function<void(int)>* work_ = nullptr;
  std::atomic<int> next_{0};
  int parts_ = 0, started_ = 0, helpers_ = 0, busy_ = 0;
  uint64_t round_ = 0;
};

constexpr int most_parts = 8;

/// Number of parts, of at least `least` items each, to split n items into.
inline int parts_of(int64_t n, int64_t least) { return int(std::clamp<int64_t>(n / least, 1, most_parts)); }

/// Calls work(part, from, to) for each part of 0..n-1, on `threads` threads or more (`Helpers`).
inline void split(int threads, int parts, int n, const std::function<void(int part, int from, int to)>& work) {
  Crew::run(Helpers::threads(threads), parts, [&](int part) {
    work(part, int(int64_t{n} * part / parts), int(int64_t{n} * (part + 1) / parts));
  });
}

}  // namespace mnv4
